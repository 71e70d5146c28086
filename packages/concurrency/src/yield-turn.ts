/**
 * Ends in the event loop's next turn, after messages, timers and I/O that are ready now had theirs. Where there is no
 * `setImmediate`, as in browsers, a message channel is the macrotask that does not wait for a millisecond.
 */
export function yieldTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
