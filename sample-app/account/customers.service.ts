import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { CachexService } from 'nest-cachex';

interface Password {
  salt: string;
  hash: string;
}

/** A hash: password hashes by customer. */
const key = 'customers';

@Injectable()
export class CustomersService {
  constructor(private readonly cache: CachexService) {}

  /** A known customer keeps the password. */
  async introduce(name: string, password: string): Promise<void> {
    if (await this.cache.hexists(key, name)) return;
    const salt = randomBytes(16).toString('base64url');
    const kept: Password = { salt, hash: await hashOf(password, salt) };
    await this.cache.hsetnx(key, name, kept);
  }

  /** Takes equally long for an unknown name. */
  async isPassword(name: string, password: string): Promise<boolean> {
    const { salt, hash } = (await this.cache.hget<Password>(key, name)) ?? nobodys;
    const isSame = timingSafeEqual(Buffer.from(await hashOf(password, salt)), Buffer.from(hash));
    return isSame && hash !== nobodys.hash;
  }
}

const hashOf = async (password: string, salt: string): Promise<string> =>
  ((await promisify(scrypt)(password, salt, 32)) as Buffer).toString('base64url');

const nobodys: Password = { salt: 'nobody', hash: randomBytes(32).toString('base64url') };
