/** The result of work that is done by steps, all of them made at once. */
export function inOneGo<T>(steps: Iterator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
