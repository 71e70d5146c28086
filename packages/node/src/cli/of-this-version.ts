/**
 * Reads what a node told of itself, which one of another version tells in another form.
 * @throws Error that says so
 */
export function ofThisVersion<T>(url: string, read: () => T): T {
  try {
    return read()
  } catch (e) {
    if (!(e instanceof TypeError)) throw e
    const message = `what ${url} tells is of another version: use that one, or see --json`
    throw new Error(message, { cause: e })
  }
}
