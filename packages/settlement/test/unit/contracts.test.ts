import {
  toEventSelector,
  toFunctionSelector,
  type Abi,
  type AbiEvent,
  type AbiFunction,
} from 'viem'
import { describe, expect, test } from 'vitest'
import {
  bridgeAbi,
  chainAbi,
  gatewayAbi,
  globalExitRootManagerAbi,
  rollupManagerAbi,
} from '../../src/index.js'
import { artifacts } from '../../testing/index.js'

/** The identifiers of upstream's contracts, measured on their interfaces. */
const known: Readonly<Record<string, string>> = {
  verifyPessimisticTrustedAggregator: '0x6c766877',
  rollupIDToRollupDataV2: '0x74d9c244',
  rollupIDToRollupData: '0xf9c4c2ae',
  trustedSequencer: '0xcfa8ed47',
  getAggchainHash: '0x6a55f66c',
  getAggchainVKey: '0x01fcf6a0',
  getAggchainSigners: '0x3e1e0121',
  getThreshold: '0xe75235b8',
  getInputPessimisticBytes: '0xdd0464b9',
  l1InfoRootMap: '0xef4eeb35',
  getRollupExitRoot: '0xa2967d99',
  getConsensusHash: '0xad1edf34',
  verifyProof: '0x41493c60',
  verifyPessimisticProof: '0xa48fd377',
  onVerifyPessimistic: '0x9ee4afa3',
  updateExitRoot: '0x33d6247d',
  InitL1InfoRootMap: '0x11f50c71891002839c2637ce302087160298255a87f1ea60d40e8db081383fad',
  UpdateL1InfoTreeV2: '0xaf6c6cd7790e0180a4d22eb8ed846e55846f54ed10e5946db19972b5a0813a59',
  VerifyPessimisticStateTransition:
    '0xdf47e7dbf79874ec576f516c40bc1483f7c8ddf4b45bfd4baff4650f1229a711',
  VerifyBatchesTrustedAggregator:
    '0xd1ec3a1216f08b6eff72e169ceb548b782db18a6614852618d86bb19f3f9b0d3',
  L1InfoTreeLeafCountInvalid: '0xa60721e1',
  StateTransitionChainsNotAllowed: '0x5b6602b7',
  AggchainDataMustBeZeroForPessimisticVerifierType: '0x0ded782d',
  InvalidNewLocalExitRoot: '0x0d8c90c6',
  RouteNotFound: '0xf208777e',
  RouteIsFrozen: '0xebf10823',
  AddressDoNotHaveRequiredRole: '0xec2b7c3e',
  WrongVerifierSelector: '0x988066a1',
}

/** Errors of upstream's that our contracts have no use for: the migration of chains that settled by other means. */
const unusedErrors = ['InvalidNewLocalExitRoot']

const declared: Readonly<Record<string, Abi>> = {
  rollupManagerAbi,
  globalExitRootManagerAbi,
  chainAbi,
  gatewayAbi,
  bridgeAbi,
}
const compiled: Readonly<Record<string, Abi>> = Object.fromEntries(
  Object.entries(artifacts).map(([name, { abi }]) => [name, abi as Abi]),
)

/** Name and identifier of each function, event and error. */
function identifiers(abi: Abi): (readonly [string, string])[] {
  return abi.flatMap((item): (readonly [string, string])[] => {
    if (item.type === 'function') return [[item.name, toFunctionSelector(item)]]
    if (item.type === 'event') return [[item.name, toEventSelector(item)]]
    if (item.type !== 'error') return []
    return [[item.name, toFunctionSelector({ ...item, ...asFunction })]]
  })
}

/** An error's selector is that of a function of its signature. */
const asFunction = { type: 'function', outputs: [], stateMutability: 'pure' } as const

function all(abis: Readonly<Record<string, Abi>>): Map<string, string> {
  return new Map(Object.values(abis).flatMap(identifiers))
}

describe('the interfaces of L1’s contracts', () => {
  test.each(Object.entries(known))(
    '%s › is %s where it is read and where it is deployed',
    (name, id) => {
      expect(all(declared).get(name)).toBe(id)
      if (!unusedErrors.includes(name)) expect(all(compiled).get(name)).toBe(id)
    },
  )

  test.each([
    ['rollupManagerAbi', 'RollupManager'],
    ['globalExitRootManagerAbi', 'GlobalExitRootManager'],
    ['chainAbi', 'Chain'],
    ['bridgeAbi', 'Bridge'],
  ] as const)(
    '%s › is a part of what %s was compiled to, results and indexed topics too',
    (abi, name) => {
      const contract = (compiled[name] ?? []).map(shape)
      for (const item of (declared[abi] ?? []).map(shape)) {
        if (unusedErrors.some((error) => item.startsWith(`error ${error}`))) continue
        expect(contract).toContain(item)
      }
    },
  )

  test('no two errors of all contracts have one selector and different names', () => {
    const names = new Map<string, string>()
    for (const [name, id] of Object.values(compiled).flatMap(identifiers)) {
      expect(names.get(id) ?? name).toBe(name)
      names.set(id, name)
    }
  })
})

type Parameter = AbiFunction['inputs'][number] & AbiEvent['inputs'][number]

/** What of an item its users depend on. */
function shape(item: Abi[number]): string {
  const inputs = 'inputs' in item ? (item.inputs as readonly Parameter[]) : []
  const outputs = 'outputs' in item ? (item.outputs as readonly Parameter[]) : []
  const name = 'name' in item ? item.name : ''
  return `${item.type} ${name}(${inputs.map(text).join()}) ${outputs.map(text).join()}`
}

function text(parameter: Parameter): string {
  const { type, indexed } = parameter
  const parts = 'components' in parameter ? (parameter.components as readonly Parameter[]) : []
  return `${type}${indexed === true ? ' indexed' : ''}(${parts.map(text).join()})`
}
