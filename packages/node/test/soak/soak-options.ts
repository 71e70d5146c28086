import { parseArgs } from 'node:util'

export const usage = `npm run soak [-- OPTIONS]

Runs validators of the real command line, each in a process of its own, over TCP, while it kills them, pauses them and cuts
the network between them. Checks that their blocks never differ, that the chain goes on after every fault, and that memory and
open files stay flat; memory once caches are full, so of a run of a few minutes only the rest is judged.

  --minutes N        how long faults go on                          (30)
  --seed S           draws the same faults once more                (drawn, and printed)
  --validators N     how many                                       (6)
  --scheme NAME      of signatures                                  (ed25519)
  --payload-bytes N  random bytes in a block; with fewer, half an hour
                     does not often fill the buffers of the disks   (131072)
  --out FOLDER       writes soak.md and pictures/soak.svg there     (nothing is written)
  --one-network      all on 127.0.0.1, without network namespaces and without cuts

Network namespaces need root and 'ip'; without them the faults are kills and pauses, and the report says so.
exit code 0: nothing went wrong; 1: something did, and is printed; 2: wrong options`

/** What a run is made of. */
export interface SoakOptions {
  readonly minutes: number
  readonly seed: string
  readonly validators: number
  readonly scheme: string
  readonly payloadBytes: number
  /** Where the report goes; undefined: nowhere. */
  readonly out: string | undefined
  readonly oneNetwork: boolean
}

/** Options of a command line. @throws RangeError, TypeError for wrong ones. */
export function parseSoakOptions(args: readonly string[], drawnSeed: string): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: drawnSeed },
      validators: { type: 'string', default: '6' },
      scheme: { type: 'string', default: 'ed25519' },
      'payload-bytes': { type: 'string', default: '131072' },
      out: { type: 'string' },
      'one-network': { type: 'boolean', default: false },
    },
  })
  return {
    minutes: number('minutes', values.minutes, 0.1, 100_000),
    seed: values.seed,
    validators: number('validators', values.validators, 2, 50),
    scheme: values.scheme,
    payloadBytes: number('payload-bytes', values['payload-bytes'], 0, 2_000_000),
    out: values.out,
    oneNetwork: values['one-network'],
  }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new RangeError(`--${name} takes a number from ${min} to ${max}, not '${text}'`)
}
