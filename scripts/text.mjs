// Fails when a tracked file says what it may not say: machine paths, registry hosts, dead links and the like.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/packages.mjs'
import { textProblems } from './lib/text.mjs'

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
const files = tracked.split('\0').filter((file) => file && existsSync(join(root, file)))
const problems = files.flatMap((file) => textProblems(root, file))
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
