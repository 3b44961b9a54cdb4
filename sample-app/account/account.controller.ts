import { Body, Controller, Get, HttpCode, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { CustomersService } from './customers.service.js';
import { LoginDto } from './dto/login.dto.js';
import { logIn, logOut, type Visit } from './visit.js';

interface Account {
  customer: string | null;
}

@Controller('account')
export class AccountController {
  constructor(private readonly customers: CustomersService) {}

  @Get()
  read(@Req() { session }: Visit): Account {
    return { customer: session.customer ?? null };
  }

  /** Passwords can be guessed, too: `account.module.ts` limits the attempts. */
  @Post('login')
  @HttpCode(200)
  @UseGuards(ThrottlerGuard)
  async logIn(@Req() visit: Visit, @Body() { name, password }: LoginDto): Promise<Account> {
    if (!(await this.customers.isPassword(name, password))) throw new UnauthorizedException('Wrong name or password');
    await logIn(visit, name);
    return this.read(visit);
  }

  /** In all tabs of the browser: a request still under way in another tab does not restore the session. */
  @Post('logout')
  @HttpCode(200)
  async logOut(@Req() visit: Visit): Promise<Account> {
    await logOut(visit);
    return { customer: null };
  }
}
