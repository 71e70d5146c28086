import { describe, expect, it } from 'vitest'
import type { Signer } from '../../src/index.js'
import { createTestNetwork, type TestNode } from '../../testing/index.js'
import { chainOf, nextWarning } from './helpers.js'

/** Signs with a node's own key, elsewhere: later, and not while it is down. */
class RemoteSigner implements Signer {
  readonly publicKey: Uint8Array
  readonly #node: TestNode
  down = false
  signatures = 0

  constructor(node: TestNode) {
    this.#node = node
    this.publicKey = node.validatorKey?.publicKey ?? new Uint8Array()
  }

  async sign(hash: Uint8Array): Promise<Uint8Array> {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (this.down) throw new Error('the signing service does not answer')
    this.signatures += 1
    return this.#node.validatorKey?.sign(hash) ?? new Uint8Array()
  }
}

describe('a remote signer', () => {
  it('votes like a key; while it fails, SIGNER_FAILED; when it is back, it votes again', async () => {
    await using network = await createTestNetwork(1, { start: false, viewTimeoutMs: 200 })
    const validator = network.at(0)
    const signer = new RemoteSigner(validator)
    const node = await validator.start({ validatorKey: signer })
    await node.waitForBlock(3n)
    expect(signer.signatures).toBeGreaterThan(3)
    signer.down = true
    const warning = await nextWarning(node, 'SIGNER_FAILED')
    expect(warning.message).toContain('the signing service does not answer')
    const height = chainOf(validator).height ?? 0n
    signer.down = false
    await network.waitForHeight(height + 3n)
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('that signs with another key › no peer takes it, PEER_REFUSED says why; the others go on', async () => {
    await using network = await createTestNetwork(6, { start: false, viewTimeoutMs: 200 })
    const bad = network.at(0)
    const key = network.at(1).validatorKey
    const other: Signer = {
      publicKey: bad.validatorKey?.publicKey ?? new Uint8Array(),
      sign: (hash) => Promise.resolve(key?.sign(hash) ?? new Uint8Array()),
    }
    for (const node of network.nodes.slice(1)) await node.start()
    const node = await bad.start({ validatorKey: other })
    const refused = nextWarning(node, 'PEER_REFUSED')
    expect((await refused).message).toMatch(/BAD_SIGNATURE.*Check options\.validatorKey/)
    await network.waitForHeight(8n, { nodes: network.nodes.slice(1) })
    expect(node.status.head).toBeUndefined()
  })
})
