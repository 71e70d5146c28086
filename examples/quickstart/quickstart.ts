import { systemRandom } from '@zkstack/concurrency'
import { ed25519Scheme } from '@zkstack/crypto'
import { createNode } from '@zkstack/executor'
import { createGenesis, generateNodeKey, generateValidatorKey } from '@zkstack/roles'
import { memoryStore, type ExecutionLayer } from '@zkstack/storage'

// The chain's own logic: what goes into a block, whether a proposal is acceptable, what a final block changes.
const execution: ExecutionLayer = {
  propose: async ({ number }) => new TextEncoder().encode(`payload ${number}`),
  verify: async ({ payload }) =>
    payload.length > 0 ? { ok: true } : { ok: false, reason: 'the payload is empty' },
  commit: async (block) => console.log(`block ${block.number} is final in view ${block.view}`),
}

// A chain of one validator. Others read theirs from files: parseGenesis, parseValidatorKey, parseNodeKey.
const validatorKey = generateValidatorKey(ed25519Scheme.current, systemRandom)
const nodeKey = generateNodeKey(systemRandom)
const validators = [{ key: validatorKey.publicKey, weight: 1n, leader: true }]
const leaderSelection = { frequency: 1n, mode: 'roundRobin' } as const
const schedule = { validators, leaderSelection }
const { scheme } = validatorKey
const made = createGenesis({ chainId: 1n, forkNumber: 0n, firstBlock: 1n, scheme, schedule })
if (!made.ok) throw new Error(made.error.code)
const genesis = made.value

const listen = '127.0.0.1:0' // any free port
await using store = memoryStore() // on disk: await levelStore('./data')
await using node = await createNode({ genesis, nodeKey, validatorKey, execution, store, listen })
for await (const block of node.blocks({ from: 1n })) if (block.number === 5n) break
