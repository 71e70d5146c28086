// Fails when `npm ci` would refuse the lock file, or when it names download addresses.
//
//   node scripts/lock.mjs            check
//   node scripts/lock.mjs --write    add the optional packages that npm left out
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { completedLock, lockProblems } from './lib/lock.mjs'
import { root } from './lib/packages.mjs'

const path = join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8'))

if (process.argv.includes('--write')) {
  writeFileSync(path, `${JSON.stringify(completedLock(lock), null, 2)}\n`)
} else {
  const problems = lockProblems(lock)
  for (const problem of problems) process.stderr.write(`package-lock.json: ${problem}\n`)
  if (problems.length > 0) process.stderr.write('npm run lock adds what is left out\n')
  process.exitCode = problems.length > 0 ? 1 : 0
}
