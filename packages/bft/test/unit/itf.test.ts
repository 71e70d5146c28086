import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import { ItfError, maxTraceBytes, readTrace, replayTrace, SpecTrace } from '@zkstack/bft/testing'

const vector = readFileSync(
  new URL('../vectors/itf/tests_n6f1b2_disagreement_Test_0.itf.json.gz', import.meta.url),
)
const json = gunzipSync(vector).toString('utf8')

async function codeOf(file: Uint8Array | string): Promise<string> {
  try {
    const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
    replayTrace(new SpecTrace(await readTrace(bytes)))
    return 'fine'
  } catch (e) {
    if (e instanceof ItfError) return e.code
    throw e
  }
}

describe('reading a trace', () => {
  test('trace › packed and not › is the same', async () => {
    const packed = await readTrace(vector)
    const plain = await readTrace(new TextEncoder().encode(json))
    expect(packed.states.length).toBe(plain.states.length)
    expect(packed.source).toBe('tests_n6f1b2.qnt')
  })

  test.each([
    ['nothing', '', 'NOT_JSON'],
    ['no JSON', 'junk', 'NOT_JSON'],
    ['a number', '7', 'NOT_ITF'],
    ['null', 'null', 'NOT_ITF'],
    ['no states', '{"states": []}', 'NOT_ITF'],
    ['states that are none', '{"states": [7]}', 'NOT_CHONKY'],
    ['a state of something else', '{"states": [{"x": {"#bigint": "1"}}]}', 'NOT_CHONKY'],
    ['arrays ten thousand deep', '['.repeat(10_000) + ']'.repeat(10_000), 'NOT_ITF'],
    ['a name that is no replica', json.replaceAll('"OnCommitStep"', '"OnNothing"'), 'NOT_CHONKY'],
    ['an unknown phase', json.replaceAll('PhasePrepare', 'PhaseUnknown'), 'NOT_CHONKY'],
    ['a negative view', json.replaceAll('{"#bigint":"2"}', '{"#bigint":"-2"}'), 'NOT_CHONKY'],
    [
      'a view of a million digits',
      json.replace('{"#bigint":"1"}', `{"#bigint":"${'9'.repeat(1_000_000)}"}`),
      'NOT_CHONKY',
    ],
  ])('trace › %s › is refused', async (_, text, code) => {
    expect(await codeOf(text)).toBe(code)
  })

  test('trace › invalid UTF-8 › is refused as NOT_JSON', async () => {
    expect(await codeOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe('NOT_JSON')
  })

  test('packed trace › cut anywhere › is refused as BAD_ARCHIVE', async () => {
    for (const length of [2, 10, 100, vector.length - 9, vector.length - 1]) {
      expect(await codeOf(vector.subarray(0, length))).toBe('BAD_ARCHIVE')
    }
  })

  test('packed trace › with a bit changed › is refused as BAD_ARCHIVE, by its checksum at the latest', async () => {
    const random = seededRandom('bits')
    for (let i = 0; i < 20; i += 1) {
      const bytes = Uint8Array.from(vector)
      const at = 20 + (random.uint32() % (bytes.length - 20))
      bytes[at] = (bytes[at] ?? 0) ^ 1
      expect(await codeOf(bytes)).toBe('BAD_ARCHIVE')
    }
  })

  test('packed trace › that unpacks to more than the limit › is refused as TOO_LARGE', async () => {
    const bomb = gzipSync(new Uint8Array(maxTraceBytes + 1))
    expect(bomb.length).toBeLessThan(200_000)
    expect(await codeOf(bomb)).toBe('TOO_LARGE')
  })

  test('trace › damaged at random places of its JSON › is refused by an ItfError or diverges, and never throws otherwise', async () => {
    const random = seededRandom('damage')
    const codes = new Set<string>()
    for (let i = 0; i < 60; i += 1) {
      const at = random.uint32() % json.length
      const length = random.uint32() % 40
      const junk = ['', '"', '{}', '[]', '0', 'null', 'n9', '}'][random.uint32() % 8] ?? ''
      codes.add(await codeOf(json.slice(0, at) + junk + json.slice(at + length)))
    }
    expect(codes.has('NOT_JSON')).toBe(true)
  })
})
