import { mkdir } from 'node:fs/promises'
import { levelDatabase, listBackups, restoreBackup } from '@zkstack/settlement'
import { ConfigError } from '../../config/config-error.js'
import { exitCodes, UsageError, type CommandArguments, type CommandIo } from '../command.js'
import { operands, settleConfig } from './settle-config-option.js'

/** `zkstack settle backup` */
export async function settleBackup(args: CommandArguments, io: CommandIo): Promise<number> {
  const { storage } = await settleConfig(args, io)
  if (storage.backup === undefined)
    throw new ConfigError('CONFIG_MISSING', 'storage.backup', 'is missing: there are no backups')
  const { path } = storage.backup
  switch (args.positionals[1]) {
    case 'list': {
      operands(args, 2, [])
      const numbers = await listBackups(path)
      io.out(
        args.has('json') ? `${JSON.stringify(numbers)}\n` : numbers.map((n) => `${n}\n`).join(''),
      )
      return exitCodes.ok
    }
    case 'restore': {
      const [text = ''] = operands(args, 2, ['<number>'])
      if (!/^\d{1,10}$/.test(text)) throw new UsageError(`a backup has a number, not '${text}'`)
      await mkdir(storage.path, { recursive: true })
      const database = await levelDatabase(storage.path)
      try {
        await restoreBackup(database, { path, number: Number(text) })
      } finally {
        await database.close()
      }
      io.err(`restored backup ${Number(text)} to ${storage.path}\n`)
      return exitCodes.ok
    }
    default:
      throw new UsageError('settle backup takes list or restore <number>')
  }
}
