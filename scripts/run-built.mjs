// Builds all packages, then runs a TypeScript program: run-built.mjs [--tsconfig FILE] PROGRAM [arguments of the program]. How a
// program is used it says from its sources, before anything is built.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './lib/packages.mjs'

const args = process.argv.slice(2)
const asksForHelp = args.includes('--help')
const tsconfig = args[0] === '--tsconfig' ? args.splice(0, 2)[1] : undefined
const env = { ...process.env }
if (tsconfig !== undefined && !asksForHelp) env.TSX_TSCONFIG_PATH = join(root, tsconfig)

/** What the child is told by a terminal it is told directly; what is sent to this process is passed on. */
function runNode(nodeArgs, options) {
  const child = spawn(process.execPath, nodeArgs, { stdio: 'inherit', ...options })
  const ignore = () => undefined
  const forward = () => child.kill('SIGTERM')
  process.on('SIGINT', ignore).on('SIGTERM', forward)
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      process.off('SIGINT', ignore).off('SIGTERM', forward)
      resolve(code ?? 1)
    })
  })
}

const built = asksForHelp ? 0 : await runNode([join(root, 'scripts/build.mjs')], { cwd: root })
process.exitCode = built === 0 ? await runNode(['--import', 'tsx', ...args], { env }) : built
