/**
 * Paths that this process has open.
 *
 * The lock of LevelDB is a record lock of the process: when a process that holds it tries to open the database again, LevelDB
 * refuses, but on the way out closes its second descriptor, and thereby gives up the first one's lock. Only the process itself
 * can prevent that, hence this state outside of any store, which copies of this module share.
 */
const openPaths = shared('zkstack.storage.open-paths')

/** Marks a resolved path as open; false when it is open already. */
export function claimPath(path: string): boolean {
  if (openPaths.has(path)) return false
  openPaths.add(path)
  return true
}

/** Ends {@link claimPath}. */
export function releasePath(path: string): void {
  openPaths.delete(path)
}

function shared(name: string): Set<string> {
  const slots = globalThis as unknown as Record<symbol, Set<string> | undefined>
  return (slots[Symbol.for(name)] ??= new Set())
}
