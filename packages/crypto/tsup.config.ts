import type { Options } from 'tsup'
import { packageConfig } from '../../tsup.base.js'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Puts the browser's version of the platform module in the place of Node's. */
const browserPlatform: Plugin = {
  name: 'browser-platform',
  setup(build) {
    build.onResolve({ filter: /\/platform\.js$/ }, ({ resolveDir }) => ({
      path: `${resolveDir}/platform.browser.ts`,
    }))
  },
}

const external = [/^node:/, '@chainsafe/blst']

const entry = {
  index: 'src/index.ts',
  'testing/index': 'testing/index.ts',
  'signature-worker': 'src/signature-worker.ts',
}

export default [
  packageConfig({ entry, clean: ['!browser', '!browser/**'], external, removeNodeProtocol: false }),
  packageConfig({ outDir: 'dist/browser', dts: false, esbuildPlugins: [browserPlatform] }),
]
