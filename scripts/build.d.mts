export declare function buildIfStale(how?: { readonly isToRun?: boolean }): boolean;
