import type { Stream } from '@libp2p/interface'

/** What a stream of the multiplexer knows of its window: its size, and what the remote side may still send. */
interface Window {
  readonly recvWindow: number
  readonly recvWindowCapacity: number
  sendWindowUpdate: () => void
}

/** So much of a window is worth a frame of its own, which has to be encrypted and sent. */
const LEAST_UPDATE_BYTES = 16 * 1024

/** Has a stream open its window again once there is something to open: by itself, it answers each small frame with an update. */
export function joinWindowUpdates(stream: Stream): void {
  const window = stream as Stream & Window
  const sendWindowUpdate = window.sendWindowUpdate.bind(stream)
  window.sendWindowUpdate = () => {
    if (window.recvWindow - window.recvWindowCapacity >= LEAST_UPDATE_BYTES) sendWindowUpdate()
  }
}
