export * from './generators.js'
export { fromLong, toLong } from './long-border.js'
export {
  TestCommittee,
  testCommittee,
  unwrap,
  type TestCommitteeOptions,
  type TestVote,
} from './test-committee.js'
export { certifiedBy, committeeOf, testRotation, type TestRotation } from './test-rotation.js'
export { zkstack as wire } from '../src/proto/generated.js'
