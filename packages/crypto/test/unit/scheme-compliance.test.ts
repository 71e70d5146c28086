import { describe, test } from 'vitest'
import { availableSchemes, loadCryptoBackends } from '../../src/index.js'
import { schemeCompliance, standInScheme } from '../../testing/index.js'

await loadCryptoBackends()

describe.each([...availableSchemes(), standInScheme])('$name by $backend', (scheme) => {
  test.each(schemeCompliance(scheme))('$name', ({ run }) => run())
})
