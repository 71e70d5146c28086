import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seededRandom } from '@zkstack/concurrency'
import { beforeAll, describe, expect, it } from 'vitest'
import { readAll, writeSample } from './store-snapshot.js'
import { temporaryFolder } from './temporary-folder.js'

const seed = process.env['SEED'] ?? String(Date.now())
/** Flips, cuts and blanks in all; `DAMAGES=20000` for a thorough run. */
const damages = Number(process.env['DAMAGES'] ?? 120)

const root = await temporaryFolder()
const sample = join(root, 'sample')
const copy = join(root, 'copy')
const named = /^error STORE_(CORRUPT|GAP|SCHEMA)$/
let whole = ''
/** Paths of the sample's files that hold data, and their lengths. */
let files: { readonly path: string; readonly length: number }[] = []

beforeAll(async () => {
  await writeSample(sample)
  // Read from a copy: opening the sample would move its log into a table, and a log is easier to damage unseen.
  await cp(sample, copy, { recursive: true })
  whole = await readAll(copy)
  expect(whole).toContain('range 2 15 final')
  const paths = await readdir(sample, { recursive: true, withFileTypes: true })
  for (const entry of paths) {
    if (!entry.isFile() || /^(LOCK|LOG|LOG.old)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name).slice(sample.length + 1)
    files.push({ path, length: (await readFile(join(sample, path))).length })
  }
  files = files.filter(({ length }) => length > 0)
})

/** What a copy of the sample says after it was damaged, at the first opening and at the second. */
async function after(damage: () => Promise<void>): Promise<string[]> {
  await rm(copy, { recursive: true, force: true })
  await cp(sample, copy, { recursive: true })
  await damage()
  return [await readAll(copy), await readAll(copy)]
}

async function change(path: string, edit: (bytes: Uint8Array) => void): Promise<void> {
  const bytes = await readFile(join(copy, path))
  edit(bytes)
  await writeFile(join(copy, path), bytes)
}

/** Every outcome is the whole content or a named error, and what was an error stays one. */
function expectWholeOrNamed(outcomes: readonly string[], what: string): void {
  const [first, second] = outcomes.map((outcome) =>
    outcome === whole ? 'whole' : named.test(outcome) ? 'named' : outcome,
  )
  expect([first, second], `${what}, SEED=${seed}`).toSatisfy(
    () => (first === 'whole' || first === 'named') && second === first,
  )
}

/** Damages files at random places, more often where there are more bytes, but no file rarely. */
async function damageEverywhere(
  kind: string,
  edit: (path: string, at: number, random: () => number) => Promise<void>,
): Promise<Map<string, number>> {
  const random = seededRandom(`${seed} ${kind}`)
  const outcomes = new Map<string, number>()
  const [small, all] = [files.filter((f) => f.length < 4096), files]
  for (let i = 0; i < damages; i++) {
    const among = i % 4 === 0 && small.length > 0 ? small : all
    const file = among[Math.floor(random.float() * among.length)]
    if (file === undefined) throw new RangeError('no files')
    const at = Math.floor(random.float() * file.length)
    const result = await after(() => edit(file.path, at, () => random.float()))
    expectWholeOrNamed(result, `${kind} ${file.path} at ${at}`)
    const key = `${file.path} ${result[0] === whole ? 'whole' : result[0]}`
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
  }
  if (process.env['VERBOSE'] !== undefined)
    process.stdout.write(`${kind} ${JSON.stringify([...outcomes], null, 1)}\n`)
  return outcomes
}

const flip = (path: string, at: number, random: () => number) =>
  change(path, (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  })

describe('a damaged store', () => {
  it('a flipped bit anywhere › gives the whole content or a named error, never something older', async () => {
    const outcomes = await damageEverywhere('flip', flip)
    expect([...outcomes.keys()].some((key) => key.includes('error'))).toBe(true)
  })

  it('a file cut short anywhere › gives the whole content or a named error', async () => {
    await damageEverywhere('cut', (path, at) => truncate(join(copy, path), at))
  })

  it('a blanked sector anywhere › gives the whole content or a named error', async () => {
    await damageEverywhere('blank', (path, at) =>
      change(path, (bytes) => bytes.subarray(at & ~511, (at | 511) + 1).fill(0)),
    )
  })

  it('any missing file › gives the whole content or a named error', async () => {
    for (const { path } of files) {
      expectWholeOrNamed(await after(() => rm(join(copy, path))), `without ${path}`)
    }
  })
})
