/** Says why the demo did not do what it should. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
}
