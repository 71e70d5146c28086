import type { MessageStream } from '@libp2p/interface'
import { StreamMessageEvent } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

/** A line that keeps what comes while it is paused, as libp2p's do: one that is resumed hands it over, and then reads on. */
export class TestLine extends EventTarget {
  readonly readBuffer = new Uint8ArrayList()
  /** What it told the line below. */
  readonly below: ('pause' | 'resume')[] = []
  status = 'open'
  readStatus = 'readable'
  aborted: Error | undefined

  /** What libp2p takes it for. */
  get stream(): MessageStream & TestLine {
    return this as unknown as MessageStream & TestLine
  }

  onData(data: Uint8Array | Uint8ArrayList): void {
    this.readBuffer.append(data)
    this.#handOver()
  }

  unshift(data: Uint8Array | Uint8ArrayList): void {
    this.readBuffer.prepend(data)
  }

  pause(): void {
    if (this.readStatus === 'paused') return
    this.readStatus = 'paused'
    this.below.push('pause')
  }

  resume(): void {
    if (this.readStatus === 'closed') throw new Error('the line is closed')
    if (this.readStatus === 'readable') return
    this.readStatus = 'readable'
    this.#handOver()
    this.sendResume()
  }

  sendResume(): void {
    this.below.push('resume')
  }

  abort(error: Error): void {
    this.aborted = error
    this.end()
  }

  end(): void {
    this.status = 'closed'
    this.readStatus = 'closed'
    this.dispatchEvent(new Event('close'))
  }

  #handOver(): void {
    if (this.readStatus !== 'readable' || this.readBuffer.length === 0) return
    const data = this.readBuffer.sublist()
    this.readBuffer.consume(data.length)
    this.dispatchEvent(new StreamMessageEvent(data))
  }
}
