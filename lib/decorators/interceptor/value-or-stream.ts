import { Observable, ReplaySubject } from 'rxjs';

/**
 * The single value of an Observable, or, if it proves to be a stream, an Observable of the same values, as soon as the
 * first arrives.
 */
export function valueOrStream(source: Observable<unknown>, isStream: () => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const values = new ReplaySubject<unknown>();
    const subscription = source.subscribe(values);
    const stream = new Observable((subscriber) => {
      subscriber.add(values.subscribe(subscriber));
      subscriber.add(subscription);
    });
    const settle = (value: unknown) => resolve(isStream() ? stream : value);
    values.subscribe({ next: settle, error: reject, complete: () => settle(undefined) });
  });
}
