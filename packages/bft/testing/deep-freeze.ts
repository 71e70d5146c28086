function refuse(): never {
  throw new TypeError('step changed something that it was given')
}

/**
 * Makes plain objects, arrays, maps and sets immutable, all the way down, so that a `step` that changes its input throws.
 * Instances of classes and byte arrays are left alone. What is frozen already is not looked into again.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) {
    Object.freeze(Object.assign(value, { set: refuse, delete: refuse, clear: refuse }))
    for (const [key, item] of value) {
      deepFreeze(key)
      deepFreeze(item)
    }
  } else if (value instanceof Set) {
    Object.freeze(Object.assign(value, { add: refuse, delete: refuse, clear: refuse }))
    for (const item of value) deepFreeze(item)
  } else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    Object.freeze(value)
    for (const item of Object.values(value)) deepFreeze(item)
  }
  return value
}
