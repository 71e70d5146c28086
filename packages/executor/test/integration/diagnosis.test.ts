import { realClock, type Clock } from '@zkstack/concurrency'
import { SignatureWorkers } from '@zkstack/crypto'
import type { NodeStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import {
  diagnose,
  type Cause,
  type Finding,
  type NodeDiagnosis,
  type Signer,
} from '../../src/index.js'
import { CounterChain, createTestNetwork, type TestNode } from '../../testing/index.js'

const viewTimeoutMs = 400

/** Asks a node again and again, as an operator does, until it names a cause; also after a journey as JSON. */
async function ask(
  node: TestNode,
  cause: Cause,
  isMeant: (finding: Finding) => boolean = () => true,
): Promise<Finding> {
  for (;;) {
    const snapshot = node.node.inspect()
    const sent = JSON.parse(JSON.stringify(snapshot)) as typeof snapshot
    const diagnosis = diagnose(sent)
    expect(diagnosis.summary).not.toMatch(/undefined|NaN|\[object/)
    const found = diagnosis.findings.find((f) => f.cause === cause && isMeant(f))
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Asks a node again and again until it no longer names a cause. */
async function askUntilGone(node: TestNode, cause: Cause): Promise<void> {
  while (causesOf(node).includes(cause)) await new Promise((resolve) => setTimeout(resolve, 20))
}

function causesOf(node: TestNode): readonly Cause[] {
  return diagnose(node.node.inspect()).findings.map((finding) => finding.cause)
}

/** Something that others wait for, from when it is closed until it is opened. */
class Valve {
  #open = Promise.resolve()
  open: () => void = () => undefined

  close(): void {
    this.#open = new Promise((resolve) => (this.open = resolve))
  }

  pass(): Promise<void> {
    return this.#open
  }
}

const never = (): Promise<never> => new Promise(() => undefined)

/** The platform's clock until it is frozen. */
class FreezableClock implements Clock {
  frozenAt: number | undefined

  now(): number {
    return this.frozenAt ?? realClock.now()
  }

  nowUtc(): number {
    return realClock.nowUtc()
  }

  setTimer(atMs: number, fire: () => void): () => void {
    return realClock.setTimer(atMs, () => {
      if (this.frozenAt === undefined) fire()
    })
  }
}

describe('why is it stuck?', () => {
  it('a healthy network › nothing is wrong, and the facts say where it is', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 4_000 })
    await network.waitForHeight(3n)
    let diagnosis: NodeDiagnosis
    do {
      await network.waitForHeight((network.at(0).node.status.committed ?? 0n) + 1n)
      diagnosis = diagnose(network.at(0).node.inspect())
    } while (diagnosis.findings.length > 0 || network.at(0).node.status.peers < 5)
    expect(diagnosis.summary).toBe('Nothing is wrong.')
    const facts = diagnosis.facts.join('\n')
    expect(facts).toMatch(/^The node is validating, with 5 peers\./)
    expect(facts).toMatch(/Block \d+ was committed [\d.]+ m?s ago\./)
    expect(facts).toMatch(
      /View \d+, phase \w+, for [\d.]+ m?s\. Its leader is (validator \d|this node)\./,
    )
    expect(facts).toContain('Connected: weight 6 of 6; a quorum is 5.')
  })

  it('the leader is dead › it is named, with how long it has been silent', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs })
    await network.waitForHeight(2n)
    const victim = network.at(3)
    const { validatorKey, committee } = victim.node.inspect()
    const index = committee.findIndex(({ key }) => key === validatorKey)
    await expect
      .poll(() => network.at(0).node.inspect().replica?.heardAt[index])
      .toBeTypeOf('number')
    await victim.kill()
    // A live leader may be slow too, on a busy machine.
    const isVictim = ({ validators }: Finding): boolean => validators.join() === String(index)
    const { message } = await ask(network.at(0), 'leader', isVictim)
    expect(message).toMatch(
      /leads view \d+ and has proposed nothing for [\d.]+ m?s; its last message came [\d.]+ m?s ago/,
    )
    const silent = await ask(network.at(0), 'silent', isVictim)
    expect(silent.message).toMatch(
      /Nothing comes from validator \d, silent for [\d.]+ m?s\. The chain goes on/,
    )
  })

  it('a partition leaves no quorum › the missing validators, and the weight that is there and needed', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs })
    await network.waitForHeight(2n)
    network.partition([0, 1, 2], [3, 4, 5])
    const isCutOff = ({ message }: Finding): boolean => message.includes('is connected')
    const { message, validators } = await ask(network.at(0), 'quorum', isCutOff)
    expect(message).toMatch(/Only weight \d of 6 is connected, and a quorum needs 5/)
    expect(validators.length).toBeGreaterThanOrEqual(2)
    const votes = await ask(network.at(0), 'votes')
    expect(votes.message).toMatch(
      /Votes .* have weight \d of the 5 needed: validators? .* did not vote, (never heard of .*, )?silent for/,
    )
  })

  it('the disk hangs › for how long, and that nothing is sent', async () => {
    let disk = Promise.resolve()
    let mend = (): void => undefined
    await using network = await createTestNetwork(6, {
      viewTimeoutMs,
      wrapStore: (store, index) => {
        if (index !== 0) return store
        const save = store.save.bind(store)
        store.save = async (key, state) => {
          await disk
          await save(key, state)
        }
        return store
      },
    })
    await network.waitForHeight(1n)
    disk = new Promise((resolve) => {
      mend = resolve
    })
    try {
      const isVote = ({ message }: Finding): boolean => message.includes('the vote')
      const { message } = await ask(network.at(0), 'disk', isVote)
      expect(message).toMatch(/The disk has been writing the vote for [\d.]+ m?s\. Nothing is sent/)
    } finally {
      mend()
    }
  })

  it.each(['propose', 'verify', 'commit'] as const)(
    'the execution layer hangs in %s › the call, its block, and for how long',
    async (method) => {
      const chain = new CounterChain()
      await using network = await createTestNetwork(1, { viewTimeoutMs, execution: () => chain })
      await network.waitForHeight(1n)
      Object.assign(chain, { [method]: never })
      const isMeant = ({ message }: Finding): boolean => message.includes(` in ${method} of `)
      const { message } = await ask(network.at(0), 'execution', isMeant)
      expect(message).toMatch(
        new RegExp(`The execution layer has been in ${method} of block \\d+ for [\\d.]+ m?s\\.`),
      )
    },
  )

  it('the clock does not move › it stands still, and no timer fires', async () => {
    const clock = new FreezableClock()
    await using network = await createTestNetwork(1, { viewTimeoutMs, clock })
    await network.waitForHeight(1n)
    clock.frozenAt = clock.now()
    const isStill = ({ message }: Finding): boolean => message.includes('stands still')
    const { message } = await ask(network.at(0), 'clock', isStill)
    expect(message).toMatch(/The clock stands still at [\d.]+ ms, so no timer fires/)
    clock.frozenAt = undefined
  })

  it('the signer hangs › since when, and for which message', async () => {
    await using network = await createTestNetwork(6, { start: false, viewTimeoutMs })
    const key = network.at(0).validatorKey
    let hangs = false
    const validatorKey: Signer = {
      publicKey: key?.publicKey ?? new Uint8Array(),
      sign: (hash) => (hangs ? never() : Promise.resolve(key?.sign(hash) ?? new Uint8Array())),
    }
    await network.at(0).start({ validatorKey })
    await network.startAll()
    await network.waitForHeight(1n)
    hangs = true
    const { message } = await ask(network.at(0), 'signer')
    expect(message).toMatch(/The signer (has not answered for|failed to sign)/)
  })

  it('the signer fails › the messages that it did not sign', async () => {
    await using network = await createTestNetwork(6, { start: false, viewTimeoutMs })
    const key = network.at(0).validatorKey
    const down = { yes: false }
    const validatorKey: Signer = {
      publicKey: key?.publicKey ?? new Uint8Array(),
      sign: async (hash) => {
        if (down.yes) throw new Error('no route to the signer')
        return key?.sign(hash) ?? new Uint8Array()
      },
    }
    await network.at(0).start({ validatorKey })
    await network.startAll()
    await network.waitForHeight(1n)
    down.yes = true
    // first a proposal, if it leads
    const isVote = ({ message }: Finding): boolean => message.includes('Replica')
    const { message } = await ask(network.at(0), 'signer', isVote)
    expect(message).toMatch(/The signer failed to sign (LeaderProposalV2, )?Replica\w+V2/)
  })

  it('peers have pruned what a new node needs › the block, and where they begin', async () => {
    const stores: NodeStore[] = []
    const wrapStore = (store: NodeStore): NodeStore => {
      stores.push(store)
      return store
    }
    await using network = await createTestNetwork(4, { viewTimeoutMs, wrapStore })
    await network.waitForHeight(8n)
    for (const store of stores) await store.prune?.(5n)
    const late = network.addFullNode()
    await late.start()
    const { message } = await ask(late, 'pruned')
    expect(message).toMatch(
      /Block 0 is needed, and no connected peer has it any more: .* begin at block 5/,
    )
  })

  it('a new node is behind › how far, as long as it is and no longer; those that it follows are not', async () => {
    const disk = new Valve()
    await using network = await createTestNetwork(4, {
      viewTimeoutMs,
      wrapStore: (store, index) => {
        if (index !== 4) return store
        const append = store.append.bind(store)
        delete store.appendAndSave
        store.append = async (...block) => {
          await disk.pass()
          await append(...block)
        }
        return store
      },
    })
    await network.waitForHeight(4n)
    const late = network.addFullNode()
    disk.close()
    try {
      await late.start()
      const { message } = await ask(late, 'sync')
      expect(message).toMatch(
        /This node is behind: it has blocks below 0, peers have them up to \d+\. It is fetching them\./,
      )
      expect(network.nodes.slice(0, 4).flatMap(causesOf)).not.toContain('sync')
    } finally {
      disk.open()
    }
    await askUntilGone(late, 'sync')
    // one block in flight is no lag
    expect(late.node.status.head).toBeGreaterThanOrEqual(3n)
    await network.waitForHeight(4n)
  })

  it('the execution layer does not name the next committee › its blocks wait here, until it does; elsewhere they do not', async () => {
    const source = new Valve()
    source.close()
    const firstNamed = 5n
    const weights = new Map([0, 1, 2, 3, 4, 5].map((i) => [i, 1n]))
    await using network = await createTestNetwork(6, {
      viewTimeoutMs,
      epochs: [
        { firstBlock: 0n, weights },
        { firstBlock: 6n, weights },
      ],
      announcedBlocks: 1n,
      wrapValidators: (inner, index) =>
        index === 0
          ? {
              scheduleAt: async (n, o) => {
                if (n >= firstNamed) await source.pass()
                return inner.scheduleAt(n, o)
              },
            }
          : inner,
    })
    try {
      const { message } = await ask(network.at(0), 'schedule')
      expect(message).toMatch(
        /blocks? waits? for the committee of epoch 1, from block 6 on\. The execution layer names it/,
      )
      const others = network.nodes.slice(1)
      await network.waitForHeight(7n, { nodes: others })
      expect(others.flatMap(causesOf)).not.toContain('schedule')
    } finally {
      source.open()
    }
    await askUntilGone(network.at(0), 'schedule')
    await network.waitForHeight(8n)
  })

  it('signatures are not checked › how many checks wait, until they are', async () => {
    const threads = new Valve()
    await using checks = new SignatureWorkers({ count: 1, onFailure: () => undefined })
    checks.verifyAggregate = async () => {
      await threads.pass()
      // the main thread has to
      return undefined
    }
    await using network = await createTestNetwork(1, {
      viewTimeoutMs: 200,
      scheme: 0,
      signatureWorkers: checks,
    })
    await network.waitForHeight(1n)
    threads.close()
    try {
      const { message } = await ask(network.at(0), 'verification')
      expect(message).toMatch(/^\d+ signature checks wait or run\./)
    } finally {
      threads.open()
    }
    await askUntilGone(network.at(0), 'verification')
    await network.waitForHeight((network.at(0).node.status.head ?? 0n) + 1n)
  })

  it('nobody is there › no peer is connected', async () => {
    await using network = await createTestNetwork(6, { start: false, viewTimeoutMs })
    await network.at(0).start()
    expect((await ask(network.at(0), 'peers')).message).toMatch(/No peer is connected/)
    expect((await ask(network.at(0), 'quorum')).message).toMatch(/Only weight 1 of 6 is connected/)
  })

  it('the node was stopped › it says so', async () => {
    await using network = await createTestNetwork(1, { viewTimeoutMs })
    const { node } = network.at(0)
    await node.stop()
    expect(diagnose(node.inspect()).summary).toBe('The node is stopped.')
  })
})
