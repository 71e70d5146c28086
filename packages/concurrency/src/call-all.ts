/** Calls every listener even when some throw, then throws the first error: one bad listener takes nothing from the others. */
export function callAll<A extends readonly unknown[]>(
  listeners: Iterable<(...args: A) => void>,
  ...args: A
): void {
  let failure: { readonly error: unknown } | undefined
  for (const listener of [...listeners]) {
    try {
      listener(...args)
    } catch (error) {
      failure ??= { error }
    }
  }
  if (failure !== undefined) throw failure.error
}
