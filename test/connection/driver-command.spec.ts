import fc from 'fast-check';
import { Command } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { DriverCommand } from '../../lib/connection/driver/driver-command.js';

const text = fc.string({ unit: 'binary', maxLength: 50 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data));
const args = fc.array(fc.oneof(text, bytes), { maxLength: 8 });

describe('a command for the driver', () => {
  it('has the wire bytes of the driver’s own, whatever its arguments', () => {
    fc.assert(
      fc.property(fc.constantFrom('get', 'set', 'evalsha'), args, (name, given) => {
        const own = new DriverCommand(name, given).toWritable({});
        const drivers = new Command(name, [...given], { replyEncoding: null }).toWritable({});
        expect(Buffer.from(own as string)).toEqual(Buffer.from(drivers as string));
      }),
    );
  });

  it('answers everything that a driver asks of its own', () => {
    expect(new DriverCommand('GET', ['key'])).toBeInstanceOf(Command);
    expect((new DriverCommand('GET', ['key']) as unknown as Command).getKeys()).toEqual(['key']);
    expect(new DriverCommand('GET', []).name).toBe('get');
  });
});

it('becomes a PING if it was given up before it is written', () => {
  const command = new DriverCommand('SET', ['k', 'v']);
  command.promise.catch(() => undefined);
  command.reject(new Error('late'));
  expect(command.toWritable({})).toBe('*1\r\n$4\r\nping\r\n');
});
