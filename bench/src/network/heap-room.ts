/** Lets the heap of a process grow as `zkstack run` does (`give-heap-room.ts` of `@zkstack/node`). */
export const heapRoom = '--heap-growing-percent=200'
