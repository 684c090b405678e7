// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The two Fortran routines of BLAS and LAPACK that are used, so that no vendor's header is needed.
extern "C" {
// NOLINTBEGIN(readability-identifier-naming)
void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha,
            const double* a, const int* lda, const double* beta, double* c, const int* ldc);
void dsyevd_(const char* jobz, const char* uplo, const int* n, double* a, const int* lda, double* w,
             double* work, const int* lwork, int* iwork, const int* liwork, int* info);
// NOLINTEND(readability-identifier-naming)
}
