import type { ConnectionEncrypter } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { expect, test } from 'vitest'
import { pausableEncrypter } from '../../src/transport/pausable-encrypter.js'
import { TestLine } from './test-line.js'

/** An encrypted line as noise makes it: of what comes, each byte is a message, "decrypted" by adding 100. */
class TestSecuredLine extends TestLine {
  readonly decrypted: number[] = []
  readonly decoder = {
    buffer: new Uint8ArrayList(),
    *decode(bytes: Uint8Array | Uint8ArrayList): Generator<Uint8ArrayList> {
      this.buffer.append(bytes)
      while (this.buffer.length > 0) {
        const message = this.buffer.sublist(0, 1)
        this.buffer.consume(1)
        yield message
      }
    },
  }

  constructor(readonly raw: TestLine) {
    super()
    raw.stream.addEventListener('message', ({ data }) => {
      for (const message of this.decoder.decode(data)) {
        const byte = 100 + message.get(0)
        this.decrypted.push(byte)
        this.onData(Uint8Array.of(byte))
      }
    })
  }

  override pause(): void {
    super.pause()
    this.raw.pause()
  }

  override sendResume(): void {
    super.sendResume()
    this.raw.resume()
  }
}

const noiseLike = {
  protocol: '/test/1',
  secureInbound: (raw: TestLine) => Promise.resolve({ connection: new TestSecuredLine(raw) }),
} as unknown as ConnectionEncrypter

/** A secured line, whose reader pauses after each byte that is in `stops`. */
async function start(encrypter: ConnectionEncrypter, stops: readonly number[]) {
  const raw = new TestLine()
  const secured = await encrypter.secureInbound(raw.stream)
  const line = secured.connection as unknown as TestSecuredLine
  const read: number[] = []
  line.stream.addEventListener('message', ({ data }) => {
    for (const byte of data.subarray()) {
      read.push(byte)
      if (stops.includes(byte)) line.pause()
    }
  })
  return { raw, line, read }
}

test('pausable encrypter › the line is paused › the rest of what the socket has brought is not decrypted', async () => {
  const { raw, line, read } = await start(pausableEncrypter(noiseLike), [102])
  raw.onData(Uint8Array.of(1, 2, 3, 4))
  expect([read, line.decrypted]).toEqual([
    [101, 102],
    [101, 102],
  ])
  line.resume()
  expect(read).toEqual([101, 102, 103, 104])
  expect([line.readStatus, raw.readStatus]).toEqual(['readable', 'readable'])
})

test('pausable encrypter › the line is paused again while it is resumed › it stays paused, and nothing overtakes', async () => {
  const { raw, line, read } = await start(pausableEncrypter(noiseLike), [101, 102, 104])
  raw.onData(Uint8Array.of(1, 2, 3))
  line.resume()
  expect([read, raw.readStatus]).toEqual([[101, 102], 'paused'])
  raw.onData(Uint8Array.of(4, 5))
  expect(read).toEqual([101, 102])
  line.resume()
  expect([read, raw.readStatus]).toEqual([[101, 102, 103, 104], 'paused'])
  line.resume()
  expect([read, raw.readStatus]).toEqual([[101, 102, 103, 104, 105], 'readable'])
})

test('pausable encrypter › without it › a pause during a resumption is undone, and the line below is read on', async () => {
  const { raw, line } = await start(noiseLike, [101, 102])
  raw.onData(Uint8Array.of(1, 2, 3))
  expect(line.decrypted).toEqual([101, 102, 103])
  line.resume()
  expect([line.readStatus, raw.readStatus]).toEqual(['paused', 'readable'])
})
