import { spawn } from 'node:child_process'
import {
  memoryNetworks,
  nameOf,
  settlementCases,
  type MemoryResult,
  type SettlementResults,
  type ThroughputResult,
  type VerificationGas,
} from './settlement-case.js'
import { lineOfGas, linesOfMemory, linesOfThroughput } from './settlement-report.js'

const builtPackages = new URL('../../tsconfig.built.json', import.meta.url).pathname

/** Measures everything whose name contains the text, and tells each as it is known. */
export async function measureSettlement(
  only: string,
  onLine: (line: string) => void,
): Promise<SettlementResults> {
  const throughput: ThroughputResult[] = []
  for (const c of settlementCases.filter((wanted) => nameOf(wanted).includes(only))) {
    const result = await resultOf<ThroughputResult>('throughput-process.ts', JSON.stringify(c))
    throughput.push(result)
    linesOfThroughput(result).forEach(onLine)
  }
  let verification: VerificationGas | undefined
  if ('settlement::gas'.includes(only)) {
    verification = await resultOf<VerificationGas>('gas-process.ts')
    onLine(lineOfGas(verification))
  }
  let memory: MemoryResult | undefined
  if ('settlement::memory'.includes(only)) {
    memory = await resultOf<MemoryResult>('memory-process.ts', String(memoryNetworks))
    linesOfMemory(memory).forEach(onLine)
  }
  return { throughput, verification, memory }
}

/** Runs a script in a process of its own, with the built packages, and reads the last line that it prints. */
async function resultOf<T>(script: string, argument = ''): Promise<T> {
  const path = new URL(script, import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', path, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSX_TSCONFIG_PATH: builtPackages },
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  if (code !== 0) throw new Error(`${script} failed with exit code ${code}`)
  return JSON.parse(out) as T
}
