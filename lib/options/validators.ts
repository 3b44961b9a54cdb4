import {
  ArrayMinSize as arrayMinSize,
  Equals as equals,
  IsArray as isArray,
  IsBoolean as isBoolean,
  IsIn as isIn,
  IsInt as isInt,
  IsNotEmpty as isNotEmpty,
  IsNumber as isNumber,
  IsString as isString,
  Max as max,
  Min as min,
  ValidateBy as validateBy,
  ValidateIf as validateIf,
  ValidateNested as validateNested,
  type ValidationError,
  validateSync,
} from 'class-validator';

/** Rules that no class has yet, in the order of their decorators. */
const waiting: (() => void)[] = [];

/**
 * A decorator of class-validator that takes effect when something is first validated: code that only decorates methods,
 * such as the unit test of a service, never loads that package.
 */
function deferred<A extends unknown[]>(find: () => (...args: A) => PropertyDecorator) {
  return (...args: A): PropertyDecorator =>
    (target, property) => {
      waiting.push(() => find()(...args)(target, property));
    };
}

/** The problems of an instance; its class has all of its rules by now. */
export function validate(instance: object): ValidationError[] {
  for (const giveRule of waiting.splice(0)) giveRule();
  return validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
}

export const ArrayMinSize = deferred(() => arrayMinSize);
export const Equals = deferred(() => equals);
export const IsArray = deferred(() => isArray);
export const IsBoolean = deferred(() => isBoolean);
export const IsIn = deferred(() => isIn);
export const IsInt = deferred(() => isInt);
export const IsNotEmpty = deferred(() => isNotEmpty);
export const IsNumber = deferred(() => isNumber);
export const IsString = deferred(() => isString);
export const Max = deferred(() => max);
export const Min = deferred(() => min);
export const ValidateBy = deferred(() => validateBy);
export const ValidateIf = deferred(() => validateIf);
export const ValidateNested = deferred(() => validateNested);
