interface Resolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T | PromiseLike<T>) => void
  readonly reject: (reason?: unknown) => void
}

function withResolvers<T>(this: PromiseConstructor): Resolvers<T> {
  let resolve: Resolvers<T>['resolve'] | undefined
  let reject: Resolvers<T>['reject'] | undefined
  const promise = new this<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  if (resolve === undefined || reject === undefined)
    throw new TypeError('not a promise constructor')
  return { promise, resolve, reject }
}

/**
 * Gives the platform `Promise.withResolvers` where it lacks it, which is Node 20; libp2p 3 needs it.
 * Call it before libp2p is loaded. A bare import would do the same, but bundlers drop imports of packages
 * that declare themselves free of side effects.
 */
export function installPromiseWithResolvers(): void {
  if ('withResolvers' in Promise) return
  Object.defineProperty(Promise, 'withResolvers', {
    value: withResolvers,
    writable: true,
    configurable: true,
  })
}
