let insideIsAsExpected = true;

/** Whether more of the driver may be used than its documentation tells of. */
export const mayLookInside = (): boolean => insideIsAsExpected;

/** From here on, what is opened uses the driver's public interface alone. */
export function stayOutside(): void {
  insideIsAsExpected = false;
}
