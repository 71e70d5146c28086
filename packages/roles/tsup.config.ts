import { copyFile } from 'node:fs/promises'
import { packageConfig } from '../../tsup.base.js'

const parts = {
  validator: 'src/validator.ts',
  node: 'src/node.ts',
  'testing/index': 'testing/index.ts',
}

/**
 * The entry only re-exports, twice: flat and as namespaces. Its parts are built beside it and stay outside, and its
 * declarations are its source: a bundler of declarations takes the types inside a namespace for values.
 */
export default packageConfig({
  entry: { index: 'src/index.ts', ...parts },
  external: [/^node:/, /^@zkstack\//, /^\.\/(validator|node)\.js$/],
  dts: { entry: parts },
  onSuccess: () => copyFile('src/index.ts', 'dist/index.d.ts'),
})
