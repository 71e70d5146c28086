import type {
  CreateListenerOptions,
  MultiaddrConnection,
  Transport,
  Upgrader,
} from '@libp2p/interface'
import { ManualClock } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { gatedTransport } from '../../src/transport/gated-transport.js'
import type { RefusedConnection } from '../../src/transport/network-transport.js'

/** A connection of which the gate sees that it is paused, resumed and closed. */
class TestLine extends EventTarget {
  readonly remoteAddr: { toString(): string }
  isPaused = false

  constructor(host: string) {
    super()
    this.remoteAddr = { toString: () => `/ip4/${host}/tcp/3054` }
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  close(): void {
    this.dispatchEvent(new Event('close'))
  }
}

/** A gate that lets one host have two connections; those let in stay in their upgrade. */
function gate() {
  const clock = new ManualClock()
  const refused: RefusedConnection[] = []
  const upgraded: unknown[] = []
  const upgrader = {
    upgradeInbound: (line: unknown): Promise<void> => {
      upgraded.push(line)
      return new Promise(() => undefined)
    },
  } as unknown as Upgrader
  let options: CreateListenerOptions | undefined
  const inner = {
    createListener: (given: CreateListenerOptions) => {
      options = given
    },
  } as unknown as Transport
  const transport = gatedTransport(inner, {
    clock,
    onRefused: (one) => refused.push(one),
    limits: {
      maxPendingPerHost: 2,
      maxPending: 8,
      maxPerHost: 2,
      burstPerHost: 8,
      perSecondPerHost: 8,
      burst: 8,
      perSecond: 8,
      maxWaitingPerHost: 2,
      maxWaiting: 8,
      maxWaitMs: 4_000,
    },
  })
  transport.createListener({ upgrader })
  const arrive = (host = '10.0.0.1') => {
    const line = new TestLine(host)
    const verdict = { isRejected: false }
    options?.upgrader
      .upgradeInbound(line as unknown as MultiaddrConnection, {} as never)
      .catch(() => {
        verdict.isRejected = true
      })
    return Object.assign(line, { verdict })
  }
  return { clock, refused, upgraded, arrive }
}

/** Lets promises that are settled be handled. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test('gated transport › those that wait leave › its timer ends with the last of them', async () => {
  const { clock, arrive, upgraded } = gate()
  const [first, second, third, fourth] = [arrive(), arrive(), arrive(), arrive()]
  await turn()
  expect(upgraded).toEqual([first, second])
  expect([third.isPaused, fourth.isPaused]).toEqual([true, true])
  expect(clock.pendingTimers).toBe(1)
  third.close()
  expect(clock.pendingTimers).toBe(1)
  fourth.close()
  expect(clock.pendingTimers).toBe(0)
  await turn()
  expect([third.verdict.isRejected, fourth.verdict.isRejected]).toEqual([true, true])
})

test('gated transport › one leaves › who waits is let in, and read from then on', async () => {
  const { clock, arrive, upgraded } = gate()
  const [first, second, third] = [arrive(), arrive(), arrive()]
  await turn()
  expect(third.isPaused).toBe(true)
  first.close()
  clock.advance(50)
  await turn()
  expect(upgraded).toEqual([first, second, third])
  expect(third.isPaused).toBe(false)
  expect(clock.pendingTimers).toBe(0)
})

test('gated transport › too many wait, or one for too long › they are refused, and that is told', async () => {
  const { clock, arrive, refused } = gate()
  const lines = Array.from({ length: 5 }, () => arrive())
  await turn()
  expect(refused).toEqual([{ host: '10.0.0.1', reason: 'full' }])
  clock.advance(4_000)
  await turn()
  expect(refused.map(({ reason }) => reason)).toEqual(['full', 'waited', 'waited'])
  expect(lines.map(({ verdict }) => verdict.isRejected)).toEqual([false, false, true, true, true])
  expect(clock.pendingTimers).toBe(0)
})
