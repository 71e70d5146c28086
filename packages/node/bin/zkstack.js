#!/usr/bin/env node
// Lies in the repository, so that `npm ci` links the command before there is a build.
import { existsSync } from 'node:fs'

const program = new URL('../dist/cli.js', import.meta.url)
if (existsSync(program)) {
  await import(program.href)
} else {
  process.stderr.write('zkstack: this checkout is not built yet; npm run build does it\n')
  process.exitCode = 1
}
