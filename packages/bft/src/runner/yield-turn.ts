/**
 * Ends in the event loop's next turn, after messages, timers and I/O that are ready now had theirs. A message channel is
 * the one macrotask that every platform has and that does not wait for a millisecond.
 */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
