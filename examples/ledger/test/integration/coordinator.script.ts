/** A coordinator of one validator, in the folder given: prints the validator's process id once it runs, and never ends by itself. */
import { seededRandom } from '@zkstack/concurrency'
import { prepareDemo } from '../../demo/setup.js'
import { ValidatorHandle } from '../../demo/validator-handle.js'

const options = { scheme: 'ed25519', validators: 6, blocks: 10, payload: 0, seed: 'test' } as const
const { validators } = await prepareDemo(options, process.argv[2] ?? '', seededRandom('test'))
const [config] = validators
if (config === undefined) throw new Error('there is no validator')
const handle = new ValidatorHandle('v1', config, {
  onReport: ({ pid }, { type }) => {
    if (type === 'ready') process.stdout.write(`${pid ?? ''}\n`)
  },
  onFailure: (_, error) => {
    throw error
  },
})
handle.start()
