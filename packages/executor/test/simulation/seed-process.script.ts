/* Runs each seed that its parent names, and answers with what it came to. The argument is the committee. */
import { validatorsOf } from './validators-of.js'
import { runSeed } from './seed-run.js'

const validators = validatorsOf(process.argv[2] ?? '6')

process.on('message', (seed) => {
  runSeed({ seed: String(seed), validators }).then(
    (result) => process.send?.(result),
    (e: unknown) => {
      process.nextTick(() => {
        throw e
      })
    },
  )
})
