export { SeededBytes } from './seeded-bytes.js'
