// Fails when an import goes against the order of the packages.
import { importProblems } from './lib/imports.mjs'
import { root } from './lib/packages.mjs'

const problems = importProblems(root)
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
