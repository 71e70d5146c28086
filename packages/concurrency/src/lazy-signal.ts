/**
 * Call options whose signal is made when it is first asked for: a platform signal costs more than many of the calls that it is
 * handed to, and few of them look at it.
 */
export function lazySignal(owner: { readonly signal: AbortSignal }): {
  readonly signal: AbortSignal
} {
  return {
    get signal() {
      return owner.signal
    },
  }
}
