import { describe, test } from 'vitest'
import { blsMinSig, loadCryptoBackends } from '../../../src/index.js'
import { schemeCompliance } from '../../../testing/index.js'

await loadCryptoBackends()

describe.each(blsMinSig.backends)('blsMinSig by %s', (backend) => {
  const scheme = blsMinSig.withBackend(backend) ?? blsMinSig.current
  test.each(schemeCompliance(scheme))('$name', ({ run }) => run())
})
