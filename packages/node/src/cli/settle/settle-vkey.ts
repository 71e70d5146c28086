import { toHex } from '@zkstack/crypto'
import { pessimisticVKeyRoutes } from '@zkstack/pessimistic-proof'
import { exitCodes, type CommandArguments, type CommandIo } from '../command.js'
import { operands } from './settle-config-option.js'

/** `zkstack settle vkey` */
export function settleVKey(args: CommandArguments, io: CommandIo): Promise<number> {
  operands(args, 1, [])
  const routes = pessimisticVKeyRoutes.map(({ selector, pessimisticVKey }) => ({
    selector,
    vkey: `0x${toHex(pessimisticVKey)}`,
  }))
  io.out(
    args.has('json')
      ? `${JSON.stringify(routes)}\n`
      : routes.map(({ selector, vkey }) => `${selector} ${vkey}\n`).join(''),
  )
  return Promise.resolve(exitCodes.ok)
}
