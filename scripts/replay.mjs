// Steps through the recording of a node: the state before and after every input, and the effects.
//
//   npm run replay -- FILE                  everything that the file holds
//   npm run replay -- FILE --from N --to N  inputs N to N
//   npm run replay -- FILE --view N         inputs handled in view N
//
// The last line counts what was played. Exit codes: 0 all states are those recorded, 1 some differ or the file cannot be
// read, 2 wrong options.
import { loadCryptoBackends } from '@zkstack/crypto'
import { formatReplayStep, replayRecording } from '@zkstack/executor'

const usage = 'npm run replay -- FILE [--from N] [--to N] [--view N]'
const options = parse(process.argv.slice(2))
if (options === undefined) {
  process.stderr.write(`usage: ${usage}\n`)
  process.exit(2)
}
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', () => process.exit(0))

try {
  process.exitCode = await run(options)
} catch (e) {
  process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n`)
  process.exitCode = 1
}

function parse([file, ...rest]) {
  const range = { from: 0n, to: undefined, view: undefined }
  if (file === undefined || file.startsWith('-') || rest.length % 2 !== 0) return undefined
  for (let i = 0; i < rest.length; i += 2) {
    const name = /^--(from|to|view)$/.exec(rest[i])?.[1]
    if (name === undefined || !/^\d+$/.test(rest[i + 1])) return undefined
    range[name] = BigInt(rest[i + 1])
  }
  return { file, ...range }
}

async function run({ file, from, to, view }) {
  await loadCryptoBackends()
  let [played, differing] = [0, 0]
  for (const at of await replayRecording(file)) {
    const { view: now } = at.type === 'start' ? at.state : at.before
    const shown = at.sequence >= from && (to === undefined || at.sequence <= to)
    if (shown && (view === undefined || view === now))
      process.stdout.write(`${formatReplayStep(at)}\n`)
    if (at.type === 'start') continue
    played += 1
    if (!at.same) differing += 1
  }
  process.stdout.write(
    `${played} inputs played, ${differing} states differ from the recorded ones\n`,
  )
  return differing === 0 ? 0 : 1
}
