export * from './validator.js'
export * from './node.js'
export * as validator from './validator.js'
export * as node from './node.js'
