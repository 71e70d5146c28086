/** An Ed25519 signature and what becomes of it. */
export interface Ed25519Vector {
  readonly name: string
  readonly publicKey: string
  readonly message: string
  readonly signature: string
  /** Whether raw verification accepts it. */
  readonly valid: boolean
  /** Whether a schedule accepts the key. */
  readonly scheduleKey: boolean
}

/**
 * The twelve cases of "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko; SSR 2020), from ed25519-speccheck (Apache-2.0);
 * the verdicts are this library's: canonical, no small order, no cofactor.
 * @see https://eprint.iacr.org/2020/1244
 */
export const specCheckVectors: readonly Ed25519Vector[] = [
  {
    name: 'speccheck 0: small-order key and commitment, s = 0',
    publicKey: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    message: '8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6',
    signature:
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 1: small-order key, mixed-order commitment',
    publicKey: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    message: '9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79',
    signature:
      'f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 2: mixed-order key, small-order commitment',
    publicKey: 'f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43',
    message: 'aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab',
    signature:
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 3: mixed-order key and commitment, both equations hold',
    publicKey: 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
    message: '9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79',
    signature:
      '9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009',
    valid: true,
    scheduleKey: false,
  },
  {
    name: 'speccheck 4: mixed-order key and commitment, only the equation with cofactor holds',
    publicKey: 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
    message: 'e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c',
    signature:
      '160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 5: as before, unless the challenge is multiplied by the cofactor first',
    publicKey: 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
    message: 'e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c',
    signature:
      '21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 6: s above the order',
    publicKey: '442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623',
    message: '85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40',
    signature:
      'e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'speccheck 7: s far above the order',
    publicKey: '442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623',
    message: '85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40',
    signature:
      '8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'speccheck 8: small-order commitment, not reduced, hashed as given',
    publicKey: 'f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43',
    message: '9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41',
    signature:
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 9: small-order commitment, not reduced, hashed reduced',
    publicKey: 'f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43',
    message: '9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41',
    signature:
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 10: small-order key, not reduced, hashed as given',
    publicKey: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    message: 'e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b',
    signature:
      'a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'speccheck 11: small-order key, not reduced, hashed reduced',
    publicKey: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    message: '39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f',
    signature:
      'a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04',
    valid: false,
    scheduleKey: false,
  },
]

/** Odd encodings and points around one honest key, computed with noble-curves. */
export const oddEncodings: readonly Ed25519Vector[] = [
  {
    name: 'honest key and commitment',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c122d1b6ddbaca18f7867f4058061f84e350a0083ccb63cd1d30f03993b7ed0d80f',
    valid: true,
    scheduleKey: true,
  },
  {
    name: 's increased by the order',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c121aef6238c704a2d03d91fd2240f22d4a0a0083ccb63cd1d30f03993b7ed0d81f',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 's with its top bit set',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c122d1b6ddbaca18f7867f4058061f84e350a0083ccb63cd1d30f03993b7ed0d88f',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 's equal to the order',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c12edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'another message',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '015a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c122d1b6ddbaca18f7867f4058061f84e350a0083ccb63cd1d30f03993b7ed0d80f',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'commitment with the other sign',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c922d1b6ddbaca18f7867f4058061f84e350a0083ccb63cd1d30f03993b7ed0d80f',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'key with the other sign',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470baeb3',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c122d1b6ddbaca18f7867f4058061f84e350a0083ccb63cd1d30f03993b7ed0d80f',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'commitment with a component of order 8',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'd52473b85f20e435319bcfcf1c7c2d1e482a41e12cda0e1fa571be00f4bf2f721a4f1149c9f6a18a3ffbfe17dba8ed8da863bb848c80cc5aacbe18782535bd06',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'key with a component of order 8 that the challenge does not cancel',
    publicKey: 'a04dec53d88f89ff36f7be2eb81a5046cdc01a9a03b5765fdc0206cd75e77729',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c125925a16a713466a1ccb49453038cb67cc76ec5f514b3d9bbfb61328e8a146007',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'key with a component of order 8 that the challenge cancels',
    publicKey: 'a04dec53d88f89ff36f7be2eb81a5046cdc01a9a03b5765fdc0206cd75e77729',
    message: '195a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c12f58a145c93ea1097fad6f777866f517a7648c67375f26db0bcd4e0c973037a04',
    valid: true,
    scheduleKey: false,
  },
  {
    name: 'identity as key',
    publicKey: '0100000000000000000000000000000000000000000000000000000000000000',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c121f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'identity as commitment',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      '0100000000000000000000000000000000000000000000000000000000000000e49ebe50c21f560631c512d77452b9572f69b63c478bdf821acc5d9b9ea9c303',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'identity as commitment, y not reduced',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f0ca48e24ae80eb515e989db3265ec6402ab0b72a7c8d86b9ca40fab3a38a210e',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'identity as commitment, sign bit set',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      '0100000000000000000000000000000000000000000000000000000000000080556397c3a05012c2518654135a797f21e9efea910fd798907161e51d4e4d3203',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'identity as key, y not reduced',
    publicKey: 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c121f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'identity as key, sign bit set',
    publicKey: '0100000000000000000000000000000000000000000000000000000000000080',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c121f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'key with y = p + 3',
    publicKey: 'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c121f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'key off the curve (y = 2)',
    publicKey: '0200000000000000000000000000000000000000000000000000000000000000',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'dd611640798731ceb7502e3a5a1034e88466ccec25c601ee32f50daaecea0c121f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'commitment off the curve',
    publicKey: 'e9690ca20683075685806f1f17916fad48d3d81e4043d61c8ad111d5470bae33',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      '02000000000000000000000000000000000000000000000000000000000000001f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
    valid: false,
    scheduleKey: true,
  },
  {
    name: 'all zeros',
    publicKey: '0000000000000000000000000000000000000000000000000000000000000000',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    valid: false,
    scheduleKey: false,
  },
  {
    name: 'all ones',
    publicKey: 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    message: '005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    signature:
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    valid: false,
    scheduleKey: false,
  },
]
