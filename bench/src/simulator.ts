import { register } from 'node:module'

// Before anything that it is to make recordable is loaded.
register('./simulator/call-hooks.mjs', import.meta.url)
const { measureSimulator } = await import('./simulator/measure-simulator.js')
const { describeCosts } = await import('./simulator/describe-costs.js')

process.stdout.write(describeCosts(await measureSimulator()))
