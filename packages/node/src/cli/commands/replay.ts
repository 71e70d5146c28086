import { yieldTurn } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import {
  formatReplayStep,
  replayRecording,
  type ReplayStart,
  type ReplayStep,
} from '@zkstack/executor'
import { exitCodes, UsageError, type Command, type CommandArguments } from '../command.js'

const MOST = 2 ** 49

/** Steps after which signals and whoever reads the output have their turn. */
const STEPS_AT_ONCE = 64

/** `zkstack replay` */
export const replay: Command = {
  name: 'replay',
  summary:
    'Steps through the recording of a replica: each input, the state before and after, the effects.',
  about: `A node records when its configuration has a [recording]. The node may still be running. Exits with 1 when
a step does not give the recorded state: then another version wrote the file.`,
  positional: '<file>',
  options: [
    { name: 'from', value: '<n>', help: 'the first input to show, of each start of the node' },
    { name: 'to', value: '<n>', help: 'the last input to show, of each start of the node' },
    { name: 'view', value: '<n>', help: 'only inputs that were handled in this view' },
    { name: 'json', help: 'print one JSON object a step, with its text' },
  ],
  examples: [
    { line: 'zkstack replay data/inputs.rec', does: 'everything that the file holds' },
    { line: 'zkstack replay data/inputs.rec --view 1207', does: 'what happened in one view' },
  ],
  async run(args, io) {
    const [file] = args.positionals
    if (file === undefined || args.positionals.length > 1) throw new UsageError('name one file')
    const [from, to] = [bound(args, 'from', 0), bound(args, 'to', MOST)]
    const view = args.has('view') ? BigInt(args.integer('view', 0, MOST)) : undefined
    await loadCryptoBackends()
    const show = (at: ReplayStart | ReplayStep): void => {
      const { type, sequence } = at
      const text = formatReplayStep(at)
      io.out(`${args.has('json') ? JSON.stringify({ type, sequence, text }) : text}\n`)
    }
    let differs = 0
    // Inputs are counted from each start of the node, so those that are shown come with theirs.
    let start: ReplayStart | undefined
    let seen = 0
    for (const at of await replayRecording(file)) {
      if (++seen % STEPS_AT_ONCE === 0) {
        await io.drained?.()
        await yieldTurn()
        if (io.signal.aborted) return exitCodes.failed
      }
      if (at.type === 'step' && !at.same) differs++
      if (at.type === 'start') start = at
      const state = at.type === 'start' ? at.state : at.before
      const isMeant = view === undefined || state.view === view
      if (at.sequence < from || at.sequence > to || !isMeant) continue
      if (start !== undefined) show(start)
      start = undefined
      if (at.type === 'step') show(at)
    }
    if (differs === 0) return exitCodes.ok
    io.err(`zkstack: ${differs} steps do not give the recorded state\n`)
    return exitCodes.failed
  },
}

function bound(args: CommandArguments, name: string, otherwise: number): number {
  return args.has(name) ? args.integer(name, 0, MOST) : otherwise
}
