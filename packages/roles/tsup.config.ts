import { packageConfig } from '../../tsup.base.js'

const parts = {
  validator: 'src/validator.ts',
  node: 'src/node.ts',
  'testing/index': 'testing/index.ts',
}

/**
 * The entry only re-exports, flat and as namespaces. Its parts are built beside it and stay outside of it, and its
 * declarations are its source, copied by the build script: tsup takes the types inside a namespace for values.
 */
export default packageConfig({
  entry: { index: 'src/index.ts', ...parts },
  external: [/^node:/, /^@zkstack\//, /^\.\/(validator|node)\.js$/],
  dts: { entry: parts },
})
