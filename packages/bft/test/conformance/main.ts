import { readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkConformance, ItfError, maxTraceBytes } from '@zkstack/bft/testing'

const usage = `npm run conformance [-- FILE…]

Replays traces of the formal specification of ChonkyBFT (.itf.json or .itf.json.gz) on the implementation
and compares every step. Without a file: the traces in packages/bft/test/vectors/itf.

exit code 0: all steps agree; 1: a step or an invariant does not; 2: a file cannot be read`

/** Reads a file or pipe, up to the limit of a trace; `npm run` names paths from where it was called. */
async function readAtMost(path: string): Promise<Uint8Array> {
  const file = await open(resolve(process.env['INIT_CWD'] ?? '', path))
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of file.createReadStream()) {
    parts.push(part as Uint8Array)
    length += (part as Uint8Array).length
    if (length > maxTraceBytes) throw new ItfError('TOO_LARGE', `over ${maxTraceBytes} bytes`)
  }
  return Buffer.concat(parts)
}

const folder = fileURLToPath(new URL('../vectors/itf/', import.meta.url))
const given = process.argv.slice(2)

if (given.includes('--help') || given.includes('-h')) {
  process.stdout.write(`${usage}\n`)
} else if (given.some((argument) => argument.startsWith('-'))) {
  process.stderr.write(`unknown option\n\n${usage}\n`)
  process.exitCode = 2
} else {
  const committed = readdirSync(folder)
    .filter((name) => name.endsWith('.gz'))
    .map((name) => relative(process.env['INIT_CWD'] ?? process.cwd(), `${folder}${name}`))
  const result = await checkConformance({
    files: given.length > 0 ? given : committed,
    readFile: readAtMost,
    print: (line) => process.stdout.write(`${line}\n`),
    progress: (line) => process.stderr.write(`${line}\n`),
  })
  process.exitCode = { conforms: 0, diverges: 1, unreadable: 2 }[result]
}
