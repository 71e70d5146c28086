import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'verify-proof-'))
afterAll(() => rmSync(scratch, { recursive: true }))

function run(...args: string[]) {
  const command = ['--import', 'tsx', 'verify-proof.ts', ...args]
  return spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
}

describe('the command verify-proof', () => {
  test('a real proof › exit code 0 and the report of the README', () => {
    const { status, stdout } = run('proofs/agglayer-sp1-v5.json')
    expect(status).toBe(0)
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(stdout)
  })

  test('the same proof with a byte changed › exit code 1', () => {
    const text = readFileSync(join(folder, 'proofs/agglayer-sp1-v5.json'), 'utf8')
    const file = join(scratch, 'changed.json')
    writeFileSync(file, text.replace('0xd4e8ecd20cbe', '0xd4e8ecd20cbf'))
    const { status, stdout } = run(file)
    expect(status).toBe(1)
    expect(stdout).toMatch(/^REFUSED\n/)
  })

  test('a file that is no proof › exit code 2 and the reason', () => {
    const { status, stderr } = run('package.json')
    expect(status).toBe(2)
    expect(stderr).toContain('`proof` is missing')
  })

  test.each([
    [['no-such-file']],
    [['proofs/agglayer-sp1-v5.json', '--certificate', 'no-such-file']],
    [['--no-such-option', 'proofs/agglayer-sp1-v5.json']],
  ])('%j › exit code 2 and the reason in a line', (args) => {
    const { status, stderr } = run(...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^.*no-such.*\n$/)
  })
})
