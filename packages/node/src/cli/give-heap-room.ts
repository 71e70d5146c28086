import { setFlagsFromString } from 'node:v8'

/** How far the heap may grow beyond what is alive before V8 looks through all of it. */
const HEAP_GROWING_PERCENT = 200

/**
 * Lets the memory of this process grow to three times what is alive before V8 collects it. What comes over a socket passes through
 * many short-lived arrays, which V8 counts with a heap that is small here: it would look through all of it for every dozen MiB of
 * a large payload, and votes would wait.
 */
export function giveHeapRoom(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
}
